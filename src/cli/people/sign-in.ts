/** Sign-in: the commands by which a person joins by their setup link, signs in and signs out, at this terminal. */
import { Command } from 'commander'
import { Fault } from '#terms/fault'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say, write } from '../output.ts'
import { asking } from '../prompt.ts'
import { dropToken, keepToken, signedIn, withPeople } from '../session.ts'

const WAITS =
  'Somebody other than whoever admitted you, or reset your sign-in, lets you in first: tutela people resume'

/** `tutela people join TOKEN` */
export function joinCommand(ending: Ending): Command {
  return new Command('join')
    .description(
      'Set up your sign-in by the token of a one-time setup link: a name, a password, a TOTP code.',
    )
    .argument('<token>', 'what stands behind # in the link')
    .action(async (token: string) => {
      await withPeople(({ people }) =>
        asking(async (ask) => {
          const { beginSetup, finishSetup } = await import('#workflow/people/setup')
          const name = await ask('Name to sign in by')
          const password = await ask('Password, 12 characters or more', true)
          const { secret, uri } = await beginSetup(people, { token, name, password })
          say(`Put this into your authenticator: ${secret}\n${uri}`)
          const done = await finishSetup(people, { token, code: await ask('Code that it shows') })
          say(`You are ${done.person}. Recovery codes, each for one time; keep them apart from the password:`)
          await write(`${done.recoveryCodes.join('\n')}\n`)
          if (done.waits) say(`${WAITS} ${done.person}`)
          say(
            `Signed in until ${done.endsAt.toISOString()}; the session is in ${await keepToken(done.token)}.`,
          )
        }),
      )
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people sign-in` */
export function signInCommand(ending: Ending): Command {
  return new Command('sign-in')
    .description('Sign in at this terminal; the questions are answered from a pipe too, one line each.')
    .action(async () => {
      await withPeople(({ people }) =>
        asking(async (ask) => {
          const { signIn } = await import('#workflow/people/sign-in')
          const name = await ask('Name')
          const password = await ask('Password', true)
          const code = await ask('Code of your authenticator, or a recovery code', true)
          const outcome = await signIn(people, { name, password, code, address: 'local' })
          switch (outcome.kind) {
            case 'refused':
              throw new Fault('people.sign-in', 'name, password or code is not right')
            case 'wait':
              throw new Fault(
                'request.too-many',
                `too many attempts: the next is heard in ${outcome.seconds} seconds`,
              )
            case 'signed-in':
              say(`You are ${outcome.person}, until ${outcome.endsAt.toISOString()} at the latest.`)
              say(`The session is in ${await keepToken(outcome.token)}.`)
          }
        }),
      )
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people sign-out` */
export function signOutCommand(ending: Ending): Command {
  return new Command('sign-out').description('End the session of this terminal.').action(async () => {
    await withPeople(async ({ people, database, config }) => {
      const { signOut } = await import('#workflow/people/sign-in')
      const { token, by } = await signedIn({ database, config })
      await signOut(people, token, by)
      await dropToken()
      say(`${by} is signed out.`)
    })
    ending.code = EXIT.nothingFound
  })
}
