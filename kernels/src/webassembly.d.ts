/** WebAssembly: the little of it that the kernels use, so that no browser's whole vocabulary need be known here. */

type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer

declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module'
  }
  interface Instance {
    readonly exports: Record<string, unknown>
  }
  interface Memory {
    readonly buffer: ArrayBuffer | SharedArrayBuffer
    grow(pages: number): number
  }
  var Module: { readonly prototype: Module; new (bytes: BufferSource): Module }
  var Instance: { readonly prototype: Instance; new (module: Module, imports: object): Instance }
  var Memory: {
    readonly prototype: Memory
    new (size: { initial: number; maximum?: number; shared?: boolean }): Memory
  }
  function compile(bytes: BufferSource): Promise<Module>
}
