/** Transforms: the edits of the published robustness table, by its names. */
import sharp, { type Sharp } from 'sharp'

/** A decoded picture, three bytes a pixel. */
export interface Picture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

type Transform = (picture: Picture) => Promise<Buffer> | Buffer

function opened({ data, width, height }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const png = (picture: Sharp): Promise<Buffer> => picture.png({ compressionLevel: 1 }).toBuffer()

function croppedBy(part: number): Transform {
  return (picture) => {
    const left = Math.round(picture.width * part)
    const top = Math.round(picture.height * part)
    return png(
      opened(picture).extract({
        left,
        top,
        width: picture.width - 2 * left,
        height: picture.height - 2 * top,
      }),
    )
  }
}

function paddedBy(part: number): Transform {
  return (picture) => {
    const across = Math.round(picture.width * part)
    const down = Math.round(picture.height * part)
    return png(
      opened(picture).extend({ left: across, right: across, top: down, bottom: down, background: '#000' }),
    )
  }
}

function overlaid(svg: (picture: Picture) => string): Transform {
  return (picture) => png(opened(picture).composite([{ input: Buffer.from(svg(picture)) }]))
}

const drawing = ({ width, height }: Picture, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
  `viewBox="0 0 100 100" preserveAspectRatio="none">${content}</svg>`

const watermark = (picture: Picture): string =>
  drawing(
    picture,
    '<g fill="#fff" fill-opacity="0.5"><rect x="40" y="42" width="20" height="4"/>' +
      '<rect x="42" y="50" width="16" height="4"/><circle cx="50" cy="62" r="4"/></g>',
  )
const captionBar = (picture: Picture): string =>
  drawing(
    picture,
    '<rect y="88" width="100" height="12" fill="#000"/><g fill="#fff">' +
      Array.from({ length: 16 }, (_, at) => `<rect x="${at * 6 + 3}" y="92" width="3" height="4"/>`).join(
        '',
      ) +
      '</g>',
  )
const vignette = (picture: Picture): string =>
  drawing(
    picture,
    '<radialGradient id="v"><stop offset="0.4" stop-opacity="0"/><stop offset="1" stop-opacity="0.85"/>' +
      '</radialGradient><rect width="100" height="100" fill="url(#v)"/>',
  )

/** The transforms, in the order of the table. */
export const TRANSFORMS: Readonly<Record<string, Transform>> = {
  noop: (picture) => png(opened(picture)),
  jpeg95: (picture) => opened(picture).jpeg({ quality: 95 }).toBuffer(),
  jpeg75: (picture) => opened(picture).jpeg({ quality: 75 }).toBuffer(),
  jpeg50: (picture) => opened(picture).jpeg({ quality: 50 }).toBuffer(),
  jpeg20: (picture) => opened(picture).jpeg({ quality: 20 }).toBuffer(),
  webp75: (picture) => opened(picture).webp({ quality: 75 }).toBuffer(),
  avif50: (picture) => opened(picture).avif({ quality: 50, effort: 2 }).toBuffer(),
  'scale50%': (picture) => png(opened(picture).resize({ width: Math.round(picture.width / 2) })),
  'scale-to-128px': (picture) => png(opened(picture).resize(128, 128, { fit: 'inside' })),
  'scale-to-64px': (picture) => png(opened(picture).resize(64, 64, { fit: 'inside' })),
  'squash-to-square': (picture) => png(opened(picture).resize(512, 512, { fit: 'fill' })),
  grey: (picture) => png(opened(picture).greyscale()),
  'blur-s2': (picture) => png(opened(picture).blur(2)),
  gamma2: (picture) => png(opened(picture).gamma(2, 1)),
  'bright+20%': (picture) => png(opened(picture).modulate({ brightness: 1.2 })),
  'contrast*1.3': (picture) => png(opened(picture).linear(1.3, -0.15 * 255)),
  sharpen: (picture) => png(opened(picture).sharpen({ sigma: 2 })),
  median5: (picture) => png(opened(picture).median(5)),
  'crop1%': croppedBy(0.01),
  'crop2.5%': croppedBy(0.025),
  'crop5%': croppedBy(0.05),
  'pad5%black': paddedBy(0.05),
  'pad20%': paddedBy(0.2),
  rotate1: (picture) => png(opened(picture).rotate(1, { background: '#000' })),
  rotate4: (picture) => png(opened(picture).rotate(4, { background: '#000' })),
  mirror: (picture) => png(opened(picture).flop()),
  rotate90: (picture) => png(opened(picture).rotate(90)),
  'watermark20%': overlaid(watermark),
  'caption-bar12%': overlaid(captionBar),
  vignette: overlaid(vignette),
}
