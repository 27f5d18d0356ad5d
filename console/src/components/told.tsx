/** Told: what the service said of a request that failed: its kind, its cause, and the mend. */
import { Alert, Text } from '@mantine/core'
import { Problem } from '../app/queries.ts'

export function Told({ error }: { readonly error: Error | null }) {
  if (!error) return null
  const isTold = error instanceof Problem
  return (
    <Alert color="red" role="alert" title={isTold ? error.code : 'the console failed'}>
      <Text size="sm">{error.message}</Text>
      {isTold && error.hint && (
        <Text size="sm" mt={4}>
          {error.hint}
        </Text>
      )}
    </Alert>
  )
}
