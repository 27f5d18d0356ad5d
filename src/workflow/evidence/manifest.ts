/** Manifest: what a handover's file holds, line by line, as the text that is signed and can be read by anybody. */
import { createHash } from 'node:crypto'
import type { VaultItem } from '#terms/evidence'
import type { Handover, Recipient } from '#terms/handover'

/** What a manifest says. */
interface ManifestGiven {
  readonly handover: Handover
  readonly recipient: Recipient
  readonly items: readonly VaultItem[]
  readonly custody: string
  readonly version: string
}

/** The text: one line for each thing, words apart by spaces, ended by a line feed. */
export function manifestOf({ handover, recipient, items, custody, version }: ManifestGiven): string {
  const { id, caseNumber, purpose, proposedBy, approvedBy, approvedAt } = handover
  const custodySha256 = createHash('sha256').update(custody).digest('hex')
  const lines = [
    `tutela-handover/v1 ${version}`,
    `handover ${id}`,
    `case ${JSON.stringify(caseNumber)}`,
    `purpose ${purpose}`,
    `recipient ${recipient.id} ${recipient.ageRecipient}`,
    `proposed ${proposedBy}`,
    `approved ${approvedBy} ${approvedAt}`,
    `file custody.jsonld ${Buffer.byteLength(custody)} sha256:${custodySha256}`,
    ...items.map(
      ({ id: item, sizeBytes, digests, mediaType }) =>
        `file items/${item} ${sizeBytes} sha256:${digests.sha256} sha1:${digests.sha1} md5:${digests.md5} ${mediaType}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}
