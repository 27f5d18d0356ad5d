#!/usr/bin/env node
/** The command: starts the built program. Whatever goes wrong before it can speak for itself is a bug's exit code. */
process.exitCode = 70
try {
  const { main } = await import('../dist/cli/main.js')
  await main(process.argv)
} catch (error) {
  const isUnbuilt =
    error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('dist/cli/main.js')
  process.stderr.write(
    isUnbuilt
      ? 'tutela: not built yet. Hint: run "npm ci" or "npm run build" first.\n'
      : `tutela: ${error?.stack ?? error}\n`,
  )
  process.exit(70)
}
