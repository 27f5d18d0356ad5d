/** May: which acts a page offers to whom, as the service tells it. It decides; what it would refuse anyway is not offered. */
import type { MeTold } from '#contract/sign-in'
import type { Act } from '#terms/people'

/** True where a page offers the act, on more than oneself, to whoever is signed in. */
export function may({ may: open }: Pick<MeTold, 'may'>, act: Act): boolean {
  return open.some((one) => one.act === act && one.on !== 'self')
}
