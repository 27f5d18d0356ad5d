/** Service lost: said over every page while the service cannot be reached, and gone once it can. */
import { Affix, Alert, Loader } from '@mantine/core'
import { useServiceLost } from '../app/service.ts'

export function ServiceLost() {
  const isLost = useServiceLost()
  if (!isLost) return null
  return (
    <Affix position={{ bottom: 16, left: 16, right: 16 }}>
      <Alert
        role="alert"
        color="red"
        variant="filled"
        maw={640}
        mx="auto"
        title="The service cannot be reached"
        icon={<Loader size={16} color="white" />}
      >
        Nothing is shown meanwhile. What was acknowledged is kept, and what you drafted stays on this page as
        long as you do not leave it. It is tried again every second.
      </Alert>
    </Affix>
  )
}
