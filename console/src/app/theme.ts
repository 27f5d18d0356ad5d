/** Theme: calm colours with enough contrast, the system's own letters, and nothing that moves for its own sake. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** A quiet green-blue; its sixth shade has 5.6 : 1 on white. */
const slate: MantineColorsTuple = [
  '#eef5f5',
  '#dde9e9',
  '#b8d2d2',
  '#8fb9ba',
  '#6da4a6',
  '#568f92',
  '#3f7377',
  '#2f5d62',
  '#244a4e',
  '#17363a',
]

export const theme = createTheme({
  primaryColor: 'slate',
  primaryShade: { light: 7, dark: 5 },
  colors: { slate },
  autoContrast: true,
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } } },
})

/** Quiet words and warnings are still read: at least 4.5 : 1 on what is behind them, where the library's own are paler. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6269',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#b02525',
    '--mantine-color-red-outline': '#c92a2a',
    '--mantine-color-red-text': '#c92a2a',
    '--mantine-color-red-light-color': '#a61e1e',
  },
  dark: {
    '--mantine-color-dimmed': '#a8a8a8',
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': '#ff8787',
  },
})
