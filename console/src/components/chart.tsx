/** Chart: bars or lines over words, in the colours of the page; its table says the same and comes with it. */
import { useComputedColorScheme } from '@mantine/core'
import { useReducedMotion } from '@mantine/hooks'
import { useEffect, useRef } from 'react'

export interface Series {
  readonly name: string
  /** One for each place along the axis; null: nothing is told there. */
  readonly values: readonly (number | null)[]
}

export interface Drawing {
  readonly kind: 'bar' | 'line'
  /** What stands along the axis. */
  readonly along: readonly string[]
  readonly series: readonly Series[]
  readonly stacked?: boolean
}

const MARKS = {
  light: ['#2f5d62', '#b3641f', '#5f4b8b', '#7a8c1e', '#a33b54', '#3b6ea8'],
  dark: ['#6da4a6', '#e0a15e', '#a997d4', '#b9c765', '#dd8a9d', '#8db4e0'],
} as const
/** As the page's own, which cannot be measured by the name `inherit`. */
const LETTERS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
/** So few places are all named, in several lines where they must be. */
const NAMED_MAX = 8
const COLOURS = {
  light: { ink: '#495057', line: '#dee2e6', marks: MARKS.light },
  dark: { ink: '#c9c9c9', line: '#424242', marks: MARKS.dark },
} as const

/** @param label what it shows, for whoever does not see it */
export function Chart({ label, height = 260, ...drawing }: Drawing & { label: string; height?: number }) {
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  const isStill = useReducedMotion()
  const told = JSON.stringify(drawing)
  useEffect(() => {
    const at = place.current
    if (!at) return
    let end = (): void => {}
    let isGone = false
    void import('./drawn.ts').then(({ init }) => {
      if (isGone) return
      const chart = init(at, undefined, { renderer: 'svg' })
      chart.setOption(optionOf(JSON.parse(told) as Drawing, scheme, !isStill))
      const watcher = new ResizeObserver(() => chart.resize())
      watcher.observe(at)
      end = () => {
        watcher.disconnect()
        chart.dispose()
      }
    })
    return () => {
      isGone = true
      end()
    }
  }, [told, scheme, isStill])
  return <div ref={place} role="img" aria-label={label} style={{ height, width: '100%' }} />
}

function optionOf({ kind, along, series, stacked }: Drawing, scheme: 'light' | 'dark', animation: boolean) {
  const { ink, line, marks } = COLOURS[scheme]
  const text = { color: ink, fontFamily: LETTERS }
  return {
    animation,
    color: [...marks],
    textStyle: text,
    // Colour is never the only sign.
    aria: { enabled: true, label: { enabled: false }, decal: { show: series.length > 1 } },
    grid: { left: 8, right: 8, top: topOf(series.length), bottom: 8, containLabel: true },
    ...(series.length > 1 && { legend: { top: 0, left: 0, textStyle: text, icon: 'rect' } }),
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: {
      type: 'category',
      data: [...along],
      axisLabel:
        along.length > NAMED_MAX
          ? { color: ink, hideOverlap: true }
          : { color: ink, interval: 0, width: 76, overflow: 'break', lineHeight: 15 },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: ink },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map(({ name, values }) => ({
      ...{ type: kind, name, data: [...values], barMaxWidth: 36, symbolSize: 6 },
      ...(stacked && { stack: 'all' }),
    })),
  }
}

/** Room for the legend, which takes two lines where there are many. */
function topOf(series: number): number {
  if (series < 2) return 12
  return series > 4 ? 58 : 36
}
