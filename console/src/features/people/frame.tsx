/** Frame: what the pages about people have in common: their title, and the way from one to the next. */
import { Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMe } from '../../app/session.ts'
import classes from './frame.module.css'
import { may } from './may.ts'

const PAGES = [
  { to: '/people', title: 'People', act: 'read-records' },
  { to: '/people/authorities', title: 'Written authorities', act: 'read-records' },
  { to: '/people/recipients', title: 'Recipients', act: 'read-recipients' },
] as const

interface FrameGiven {
  readonly title: string
  readonly words: string
  /** What can be begun here. */
  readonly act?: ReactNode
  readonly children: ReactNode
}

export function Frame({ title, words, act, children }: FrameGiven) {
  const me = useMe()
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1}>{title}</Title>
          <Text c="dimmed" size="sm" maw={680}>
            {words}
          </Text>
        </div>
        {act}
      </Group>
      <nav aria-label="About people" className={classes['pages']}>
        {PAGES.filter((page) => may(me, page.act)).map(({ to, title: name }) => (
          <Link key={to} to={to} activeOptions={{ exact: true }}>
            {name}
          </Link>
        ))}
      </nav>
      {children}
    </Stack>
  )
}
