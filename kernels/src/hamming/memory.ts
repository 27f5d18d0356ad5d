/** Memory: shared WebAssembly memory and instances on it, typed the same with and without a browser's types. */

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  /** Adds pages; returns how many there were. */
  grow(pages: number): number
}

interface Platform {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory
  readonly Instance: new (
    module: WebAssembly.Module,
    imports: { readonly env: { readonly memory: SharedMemory } },
  ) => { readonly exports: unknown }
}

const platform = WebAssembly as unknown as Platform

export const PAGE_BYTES = 65_536
/** Pages of 4 GiB. */
const PAGES_LIMIT = 65_536

/**
 * Memory of at least `sizeBytes`, and leave to grow by `spareBytes`.
 * @throws RangeError when the platform has no such room
 */
export function sharedMemory(sizeBytes: number, spareBytes: number): SharedMemory {
  const initial = Math.ceil(sizeBytes / PAGE_BYTES)
  const maximum = Math.min(PAGES_LIMIT, initial + Math.ceil(spareBytes / PAGE_BYTES))
  return new platform.Memory({ initial, maximum, shared: true })
}

/** The exports of an instance of the module on a memory. */
export function exportsOn(module: WebAssembly.Module, memory: SharedMemory): unknown {
  return new platform.Instance(module, { env: { memory } }).exports
}
