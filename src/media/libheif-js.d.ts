/** The part of libheif-js that is used; the package's own types describe the C functions below it. */
declare module 'libheif-js/wasm-bundle.js' {
  /** One top-level picture of a file; `free` it. */
  export interface HeifImage {
    get_width(): number
    get_height(): number
    /** Fills `into` with red, green, blue, alpha; gives null when the picture cannot be decoded. */
    display<T extends { data: Uint8ClampedArray; width: number; height: number }>(
      into: T,
      done: (result: T | null) => void,
    ): void
    free(): void
  }

  const heif: {
    readonly HeifDecoder: new () => { decode(bytes: Uint8Array): readonly HeifImage[] | undefined }
  }
  export default heif
}
