/** Palette: every page by its name, and a case by its number, behind Ctrl K. */
import { Spotlight } from '@mantine/spotlight'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Role } from '#terms/people'
import { sectionsFor } from '../app/sections.ts'

/** A case's number, as somebody reads it off a paper: its letters small, its dash left out. */
const NUMBER = /^([0-9A-Z]{4})-?([0-9A-Z]{4})$/

export function Palette({ roles }: { readonly roles: readonly Role[] }) {
  const navigate = useNavigate()
  const [words, setWords] = useState('')
  const [, first, last] = NUMBER.exec(words.trim().toUpperCase()) ?? []
  const sections = sectionsFor(roles)
  const mayOpen = sections.some(({ to }) => to === '/queue')
  const number = `${first}-${last}`
  const pages = sections.map(({ to, title, words: description }) => ({
    ...{ id: to, label: title, description },
    onClick: () => void navigate({ to }),
  }))
  const found = {
    ...{ id: 'case', label: `Case ${number}`, description: 'Open it', keywords: words },
    onClick: () => void navigate({ to: '/cases/$number', params: { number } }),
  }
  return (
    <Spotlight
      shortcut={['mod + K']}
      query={words}
      onQueryChange={setWords}
      nothingFound="No page is called so, and no case has such a number"
      highlightQuery
      searchProps={{
        placeholder: mayOpen ? 'A page, or a case’s number' : 'A page',
        'aria-label': mayOpen ? 'Search pages, or give a case’s number' : 'Search pages',
      }}
      actions={first !== undefined && mayOpen ? [found, ...pages] : pages}
    />
  )
}
