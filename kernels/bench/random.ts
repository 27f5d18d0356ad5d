export { type Random, random } from '../src/random.ts'
