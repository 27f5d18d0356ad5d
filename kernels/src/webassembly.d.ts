/** WebAssembly: the little of it that the kernels use, so that no browser's whole vocabulary need be known here. */

type BufferSource = ArrayBufferView | ArrayBuffer

declare namespace WebAssembly {
  interface Module {}
  interface Instance {
    readonly exports: Record<string, unknown>
  }
  var Module: { readonly prototype: Module; new (bytes: BufferSource): Module }
  function compile(bytes: BufferSource): Promise<Module>
  function instantiate(module: Module, imports: object): Promise<Instance>
}
