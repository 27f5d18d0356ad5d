/** Review page: the items of a case in hand, one after another: first what is known, a picture only on demand, then the grade. */
import './review.css'
import { Alert, Anchor, Button, Group, Kbd, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import type { WholeCaseTold } from '#contract/desk'
import type { Claim } from '#terms/casework'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { Clock } from '../../components/clock.tsx'
import { Told } from '../../components/told.tsx'
import { withGrade } from './draft.ts'
import { GradePanel } from './grade-panel.tsx'
import { HandOver } from './hand-over.tsx'
import { ItemCard } from './item-card.tsx'
import { ItemWalk } from './item-walk.tsx'
import { KeySheet } from './key-sheet.tsx'
import { type FieldKey, useKeys } from './keys.ts'
import { LookPane } from './look-pane.tsx'
import { Receipt } from './receipt.tsx'
import { type Schemes, schemesQuery } from './schemes.ts'
import { type UseLook, useLook } from './use-look.ts'
import { type Review, useReview } from './use-review.ts'

export function ReviewPage() {
  const { number } = useParams({ from: '/desk/cases/$number/review' })
  // Read once, as it is when the visit begins: what is done here is told back by each act.
  const whole = useQuery({
    queryKey: ['review', number],
    queryFn: () => ask<WholeCaseTold>(`/v1/cases/${encodeURIComponent(number)}`),
    ...{ staleTime: 'static', gcTime: 0 },
  })
  const schemes = useQuery(schemesQuery)
  if (!whole.data || !schemes.data) return <Told error={whole.error ?? schemes.error} />
  const { claim } = whole.data.case
  if (!claim?.mine) return <NotInHand number={number} />
  return <Reviewing key={number} told={whole.data} schemes={schemes.data} purpose={claim.purpose} />
}

function NotInHand({ number }: { readonly number: string }) {
  return (
    <Stack maw={640} align="flex-start">
      <Title order={1}>You do not have this case</Title>
      <Text>Its items are shown to whoever took it up, one person at a time.</Text>
      <Anchor component={Link} to={`/cases/${number}`}>
        To the case
      </Anchor>
    </Stack>
  )
}

interface ReviewingGiven {
  readonly told: WholeCaseTold
  readonly schemes: Schemes
  readonly purpose: Claim['purpose']
}

function Reviewing({ told, schemes, purpose }: ReviewingGiven) {
  const me = useMe()
  const navigate = useNavigate()
  const review = useReview(told, purpose, schemes)
  const { item, seen, saw } = review
  const caseNumber = told.case.number
  const use = useLook({ item, caseNumber, claimed: purpose, roles: me.roles, seen, saw })
  const toCase = (): void => {
    void navigate({ to: '/cases/$number', params: { number: caseNumber } })
  }
  useStaying(use, review)
  if (review.isOver) return <Receipt review={review} back={toCase} />
  return <Desk told={told} schemes={schemes} review={review} use={use} />
}

/** A new item is begun at its card; what was open for the one before has ended. */
function useStaying({ looking }: UseLook, { item, isOver }: Review): void {
  const id = item?.id
  useEffect(() => {
    if (isOver) looking.end({ isComplete: true })
  }, [isOver, looking])
  useEffect(() => {
    if (id !== undefined) document.getElementById('item')?.focus({ preventScroll: true })
  }, [id])
}

interface DeskGiven extends Omit<ReviewingGiven, 'purpose'> {
  readonly review: Review
  readonly use: UseLook
}

function Desk({ told, schemes, review, use }: DeskGiven) {
  const [isSheet, setSheet] = useState(false)
  const [isHanding, setHanding] = useState(false)
  const { item, walk } = review
  useReviewKeys({ schemes, review, use }, { sheet: () => setSheet(true), handOver: () => setHanding(true) })
  const place = item ? `${walk.indexOf(item) + 1} of ${walk.length}` : ''
  return (
    <Stack gap="lg">
      <Head told={told} said={review.said}>
        <Button variant="default" onClick={() => setHanding(true)} rightSection={<Kbd size="xs">H</Kbd>}>
          Hand over
        </Button>
        <Button variant="default" onClick={() => setSheet(true)} rightSection={<Kbd size="xs">?</Kbd>}>
          Keys
        </Button>
      </Head>
      {review.isLost && (
        <Alert color="yellow" title="You do not have this case any more">
          Take it up again on its page before you go on.
        </Alert>
      )}
      <div className="review">
        <ItemWalk review={review} told={told} go={review.go} />
        <Stack gap="md">
          {item && <ItemCard item={item} place={place} />}
          {item && <LookPane item={item} use={use} />}
        </Stack>
        <GradePanel review={review} schemes={schemes} />
      </div>
      <KeySheet isOpen={isSheet} close={() => setSheet(false)} />
      <HandOver caseNumber={told.case.number} isOpen={isHanding} close={() => setHanding(false)} />
    </Stack>
  )
}

interface HeadGiven {
  readonly told: WholeCaseTold
  /** What was done last. */
  readonly said: string
  readonly children: ReactNode
}

function Head({ told, said, children }: HeadGiven) {
  const { number, priority } = told.case
  return (
    <Group justify="space-between" align="flex-end">
      <div>
        <Anchor component={Link} to={`/cases/${number}`} size="sm">
          Case {number}
        </Anchor>
        <Group gap="sm">
          <Title order={1}>Review</Title>
          {priority.dueAt && <Clock dueAt={priority.dueAt} />}
        </Group>
      </div>
      <Group gap="xs">
        <Text size="sm" c="dimmed" role="status" mr="sm">
          {said}
        </Text>
        {children}
      </Group>
    </Group>
  )
}

/** What the keys do here. */
function useReviewKeys(
  { schemes, review, use }: Omit<DeskGiven, 'told'>,
  dialogues: { readonly sheet: () => void; readonly handOver: () => void },
): void {
  const { main } = schemes
  const { draft, item, others } = review
  const { looking } = use
  useKeys({
    ...dialogues,
    grade: (digit, isForStack) => {
      const code = main?.codes.find(({ key }) => key === digit)?.code
      if (main && code) review.change(withGrade(draft, main.scheme, code, isForStack && others.length > 0))
    },
    confirm: review.give,
    takeBack: () => {
      if (Object.keys(draft.grades).length > 0) review.drop()
      else review.takeBack(review.last)
    },
    move: (steps) => review.go(review.step(steps)),
    except: () => {
      if (item && review.pile && review.pile.items.length > 1) review.toggleApart(item.id)
    },
    openView: () => {
      // While a grade is on its way nothing more of the item is opened: the next one is about to be there.
      if (!review.isBusy) use.open(use.next)
    },
    show: (isHeld) => looking.show(isHeld),
    release: () => {
      if (use.look.kind === 'open' && use.look.isHeld) looking.hide()
    },
    toggle: use.toggle,
    done: () => looking.end({ isComplete: true, because: 'You were done.' }),
    fullScreen: use.fullScreen,
    next: () => undefined,
    focus: focusOn,
  })
}

function focusOn(field: FieldKey): void {
  document.querySelector<HTMLElement>(`[data-field="${field}"]`)?.focus()
}
