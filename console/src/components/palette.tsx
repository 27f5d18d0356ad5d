/** Palette: every page by its name, behind Ctrl K. */
import { Spotlight } from '@mantine/spotlight'
import { useNavigate } from '@tanstack/react-router'
import type { Role } from '#terms/people'
import { sectionsFor } from '../app/sections.ts'

export function Palette({ roles }: { readonly roles: readonly Role[] }) {
  const navigate = useNavigate()
  return (
    <Spotlight
      shortcut={['mod + K']}
      nothingFound="Nothing is called so"
      highlightQuery
      searchProps={{ placeholder: 'A page', 'aria-label': 'Search pages' }}
      actions={sectionsFor(roles).map(({ to, title, words }) => ({
        id: to,
        label: title,
        description: words,
        onClick: () => void navigate({ to }),
      }))}
    />
  )
}
