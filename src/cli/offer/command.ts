/** Offer: the commands that offer a list to a named partner, show what is offered, and end it. */
import { Command } from 'commander'
import { clientNamed } from '#store/clients'
import { listNamed } from '#store/lists'
import { allOffers, endOffer, makeOffer, type Offer } from '#store/offers'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

const NUMBER_MAX = 2 ** 31 - 1

/** `tutela offer LIST --to CLIENT`, `tutela offer ls|end` */
export function offerCommand(ending: Ending): Command {
  const command = new Command('offer').description("Offer lists to named partners, by the lists' terms.")
  command.addCommand(makeCommand(ending), { isDefault: true })
  for (const one of [listOffersCommand, endCommand]) command.addCommand(one(ending))
  return command
}

/** `tutela offer LIST --to CLIENT`, in full `tutela offer make LIST --to CLIENT` */
function makeCommand(ending: Ending): Command {
  return new Command('make')
    .description('Offer a list to a client; its key needs the scope exchange.')
    .argument('<list>', 'the list; its terms must permit export')
    .requiredOption('--to <client>', 'the client, as "tutela key ls" names it')
    .addOption(jsonOption())
    .action(async (listName: string, { to, json }: { to: string; json?: boolean }) => {
      await withStore(async ({ store, signed }) => {
        const { id, scopes } = await store.database.transaction(async (transaction) => {
          const client = await clientNamed(transaction, to)
          const list = await listNamed(transaction, listName)
          return { id: await makeOffer(transaction, list, client, signed()), scopes: client.scopes }
        })
        if (json) await writeJson({ kind: 'offer', offer: id, list: listName, client: to })
        else {
          const lacks = scopes.includes('exchange')
            ? ''
            : ' Its key lacks the scope exchange, and fetches nothing yet.'
          await write(`Offer ${id}: ${plain(listName)} may be fetched by ${plain(to)}.${lacks}\n`)
        }
      })
      ending.code = EXIT.nothingFound
    })
}

/** `tutela offer ls` */
function listOffersCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show what is offered to whom.')
    .option('--all', 'also what was ended')
    .addOption(jsonOption())
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      await withStore(async ({ store }) => {
        const offers = (await allOffers(store.database)).filter(({ endedAt }) => all || endedAt === undefined)
        for (const offer of offers) {
          if (json) await writeJson({ kind: 'offer', ...shown(offer) })
          else await write(`${readable(offer)}\n`)
        }
      })
      ending.code = EXIT.nothingFound
    })
}

/** `tutela offer end NUMBER --because TEXT` */
function endCommand(ending: Ending): Command {
  return new Command('end')
    .description('End an offer: nothing is fetched by it any more.')
    .argument('<number>', 'the offer', wholeNumber(1, NUMBER_MAX))
    .requiredOption('--because <text>', 'why, for the record')
    .addOption(jsonOption())
    .action(async (id: number, { because, json }: { because: string; json?: boolean }) => {
      await withStore(async ({ store, signed }) => {
        await store.database.transaction((transaction) => endOffer(transaction, id, because, signed()))
        if (json) await writeJson({ kind: 'offer-ended', offer: id })
        else await write(`Offer ${id} is ended.\n`)
      })
      ending.code = EXIT.nothingFound
    })
}

function shown({ id, list, client, actor, at, endedAt, isListGone }: Offer): object {
  const state = { ...(isListGone && { listRemoved: true }), ...(endedAt !== undefined && { endedAt }) }
  return { offer: id, list: list.name, client: client.name, actor, at, ...state }
}

function readable({ id, list, client, actor, at, endedAt, isListGone }: Offer): string {
  const ended = endedAt === undefined ? '' : `, ended ${endedAt.slice(0, 10)}`
  const gone = isListGone ? ' (list removed)' : ''
  const bar = list.uses.includes('export') ? '' : ' (its terms do not permit export now)'
  return `${id}  ${plain(list.name)}${gone}${bar} to ${plain(client.name)}, by ${plain(actor)} on ${at.slice(0, 10)}${ended}`
}
