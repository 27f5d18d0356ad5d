/** Offers: the lists that are offered to a partner, in NCMEC's form and in plain ones. */
import type { FastifyInstance } from 'fastify'
import type { Service } from '../server.ts'
import { ncmecOfferRoutes } from './offers/ncmec.ts'
import { plainOfferRoutes } from './offers/plain.ts'

/** `/v1/offers…`, `/exchange/ncmec/v2/…` */
export function offerRoutes(app: FastifyInstance, service: Service): void {
  plainOfferRoutes(app, service)
  ncmecOfferRoutes(app, service)
}
