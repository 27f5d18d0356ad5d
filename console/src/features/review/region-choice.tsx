/** Region choice: which part of a picture is asked for: one of nine that overlap, each a quarter of it. */
import { Text } from '@mantine/core'
import type { UseLook } from './use-look.ts'

export const REGION_PLACES = [
  'top left',
  'top middle',
  'top right',
  'middle left',
  'the middle',
  'middle right',
  'bottom left',
  'bottom middle',
  'bottom right',
] as const
export type RegionPlace = (typeof REGION_PLACES)[number]

/** The rectangle of a place, in pixels of the picture as it stands upright. */
export function rectangleOf(place: RegionPlace, { width, height }: { width: number; height: number }) {
  const at = REGION_PLACES.indexOf(place)
  const [wide, high] = [Math.max(1, Math.floor(width / 2)), Math.max(1, Math.floor(height / 2))]
  const left = Math.round(((width - wide) * (at % 3)) / 2)
  const top = Math.round(((height - high) * Math.floor(at / 3)) / 2)
  return { left, top, width: wide, height: high }
}

export function RegionChoice({ use }: { readonly use: UseLook }) {
  return (
    <fieldset className="plain-fieldset">
      <Text component="legend" size="sm" fw={500} mb={4}>
        Which part
      </Text>
      <div className="places">
        {REGION_PLACES.map((place) => (
          <label key={place} title={place}>
            <input
              type="radio"
              name="place"
              aria-label={place}
              checked={use.place === place}
              onChange={() => use.setPlace(place)}
            />
          </label>
        ))}
      </div>
    </fieldset>
  )
}
