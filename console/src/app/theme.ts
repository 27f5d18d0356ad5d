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

/** The library's own, darker from the sixth shade on: white is read on it. */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#ff6b6b',
  '#e03131',
  '#c92a2a',
  '#b02525',
  '#8f1f1f',
]

export const theme = createTheme({
  primaryColor: 'slate',
  primaryShade: { light: 7, dark: 6 },
  colors: { slate, red },
  autoContrast: true,
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  components: {
    Modal: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600 } },
    },
    // The page has one header, and this is not it.
    ModalHeader: { defaultProps: { role: 'none' } },
    // What scrolls is reached by the keyboard too.
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
  },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } } },
})

/** Quiet words and warnings are still read: at least 4.5 : 1 on what is behind them, where the library's own are paler. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6269',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-red-light-color': '#8f1f1f',
    '--mantine-color-orange-light-color': '#8a3207',
    '--mantine-color-yellow-light-color': '#704400',
    '--mantine-color-teal-light-color': '#055c43',
    '--mantine-color-green-light-color': '#1c5c28',
    '--mantine-color-blue-light-color': '#11497f',
    '--mantine-color-gray-light-color': '#495057',
  },
  dark: {
    '--mantine-color-dimmed': '#a8a8a8',
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': '#ff8787',
  },
})
