/** Loaders: those of libvips that are wanted; every other is blocked, so that no magic byte can reach it. */

export const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map(
  (name) => `VipsForeignLoad${name}Buffer`,
)
