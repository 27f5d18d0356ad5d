/** Problem: how the service says that something went wrong (RFC 9457). */
import Type, { type Static } from 'typebox'

export const Problem = Type.Object(
  {
    type: Type.String({
      description: 'What went wrong, by a code that does not change.',
      examples: ['urn:tutela:fault:index.not-ready'],
    }),
    title: Type.String({ description: 'The same in words.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What was wrong with this request.' }),
    hint: Type.String({ description: 'What mends it.' }),
    requestId: Type.String({ description: 'Name it when you ask about this answer.' }),
  },
  { description: 'What went wrong (RFC 9457 problem details).' },
)
export type Problem = Static<typeof Problem>

/** The type of a problem for a fault's code, and back. */
export const PROBLEM_TYPE = 'urn:tutela:fault:'
