/** Blobs: where sealed items lie, whatever it is made of; a name is an item's id. */

/** A place for sealed blobs. One suite of tests holds over every kind. */
export interface BlobStore {
  readonly kind: 'folder' | 's3'
  /** For people: a path or an address. */
  readonly where: string
  /**
   * Keeps bytes under a free name; they are safe when this returns.
   *
   * @throws Fault `vault.no-space`, `vault.unreachable`; whatever `bytes` throws. Then nothing stays under the name
   */
  write(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** The bytes under a name; undefined where there are none. @throws Fault `vault.unreachable` */
  read(name: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** Removes what is under a name, also what was begun; nothing there is no fault. */
  remove(name: string): Promise<void>
  /** Every name. */
  names(): AsyncIterable<string>
}
