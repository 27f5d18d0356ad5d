/** Moment: a time as people say it; the exact one when it is pointed at, and for a reader. */
import { Text, type TextProps } from '@mantine/core'
import { exactly, fromNow } from './moments.ts'

export function Moment({ at, ...props }: { readonly at: string } & TextProps) {
  return (
    <Text span inherit {...props} title={exactly(at)}>
      <time dateTime={at}>{fromNow(at)}</time>
    </Text>
  )
}
