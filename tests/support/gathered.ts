/** Gathered: everything that an asynchronous sequence gives, as an array. */
export async function gathered<T>(things: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const thing of things) all.push(thing)
  return all
}
