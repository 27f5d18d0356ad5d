/** Empty input: the hashes of no bytes at all, which some lists carry by mistake and which would match every empty file. */

const EMPTY_INPUT: ReadonlyMap<string, 'md5' | 'sha1' | 'sha256'> = new Map([
  ['d41d8cd98f00b204e9800998ecf8427e', 'md5'],
  ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'sha1'],
  ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'sha256'],
])

/** The kind of digest of which a hash, in hex of either case, is the value for no bytes; undefined for any other. */
export function emptyInputKind(hash: string): 'md5' | 'sha1' | 'sha256' | undefined {
  return EMPTY_INPUT.get(hash) ?? EMPTY_INPUT.get(hash.toLowerCase())
}
