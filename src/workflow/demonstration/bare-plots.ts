/** Bare plots: cases of the demonstration that have no file: pages, concerns, and what young people and workplaces tell. */
import type { Plot } from './plots.ts'

/** They are told in words alone. Nothing of it ever happened. */
export const BARE_PLOTS: readonly Plot[] = [
  {
    name: 'page-0',
    ...{ hoursAgo: 70, channel: 'public', kind: 'page', worked: 'dismissed' },
    words: 'The page showed only an error when I looked again.',
  },
  {
    name: 'page-1',
    ...{ hoursAgo: 44, channel: 'public', kind: 'page', alsoHoursAgo: [31, 9] },
    words: 'A board where people ask for pictures of children. I saw it and closed it.',
    contact: 'somebody@example.test',
  },
  {
    name: 'page-2',
    ...{ hoursAgo: 22, channel: 'public', kind: 'page' },
    words: 'A pop-up on a page for films led there.',
  },
  {
    name: 'page-3',
    ...{ hoursAgo: 5, channel: 'partner', kind: 'page', trust: 'high', dueInHours: 19 },
    words: 'Passed on by another hotline: it is hosted elsewhere and linked from here.',
  },
  {
    name: 'page-4',
    ...{ hoursAgo: 2, channel: 'public', kind: 'page', trust: 'low' },
    words: 'The same sender as often before.',
  },
  {
    name: 'grooming-0',
    ...{ hoursAgo: 15, channel: 'public', kind: 'grooming' },
    words: 'Somebody in the chat of a game asks children for their telephone numbers and to keep it secret.',
    contact: 'a-parent@example.test',
  },
  {
    name: 'grooming-1',
    ...{ hoursAgo: 8, channel: 'platform', kind: 'grooming', dueInHours: 10 },
    words: 'Messages from one account to eleven children within a day.',
  },
  {
    name: 'live-0',
    ...{ hoursAgo: 1, channel: 'platform', kind: 'live-abuse', atRisk: true, trust: 'high', dueInHours: 1 },
    words: 'A child seems to be at risk now. (Demonstration: nobody is.)',
  },
  {
    name: 'concern-0',
    ...{ hoursAgo: 36, channel: 'public', kind: 'concern' },
    words: 'A neighbour speaks about children in a way that worries me. I have seen no picture.',
  },
  ...[0, 1, 2].map(
    (at): Plot => ({
      name: `young-${at}`,
      ...{ hoursAgo: 40 - at * 13, channel: 'analyst', kind: 'concern', caseKind: 'young-people' },
      words: [
        'A school tells that a picture of a pupil, taken by themself, was passed on in a class.',
        'A parent tells that their child was asked for a picture, and sent none.',
        'A young person asks how a picture of them can be taken down.',
      ][at] as string,
    }),
  ),
  ...[0, 1].map(
    (at): Plot => ({
      name: `workplace-${at}`,
      ...{ hoursAgo: 28 - at * 18, channel: 'analyst', kind: 'concern', caseKind: 'workplace' },
      words: [
        'A technician came upon a file on a laptop that was in for repair, stopped, and told their lead.',
        'The proxy of an office blocked an address that is on a list.',
      ][at] as string,
    }),
  ),
]
