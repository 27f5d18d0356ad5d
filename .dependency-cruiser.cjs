/** The layers: a folder imports only from rows beneath its own, never sideways, and nothing goes round in a ring. */
const THOUGHT = ['matching', 'contract', 'people', 'cases', 'ledger']
const HANDS = [
  'lists',
  'index',
  'media',
  'folders',
  'journal',
  'scenes',
  'store',
  'matchers',
  'client',
  'vault',
  'notary',
  'prioritiser',
]
const DOORS = ['cli', 'server', 'jobs']

const src = (folders) => `^src/(${folders.join('|')})/`
const above = {
  terms: ['ground', ...THOUGHT, ...HANDS, 'workflow', ...DOORS],
  thought: ['ground', ...HANDS, 'workflow', ...DOORS],
  ground: [...THOUGHT, ...HANDS, 'workflow', ...DOORS],
  hands: ['workflow', ...DOORS],
  workflow: DOORS,
}

const upward = [
  ['terms', ['terms'], above.terms],
  ['thought', THOUGHT, above.thought],
  ['ground', ['ground'], above.ground],
  ['hands', HANDS, above.hands],
  ['workflow', ['workflow'], above.workflow],
].map(([name, from, to]) => ({
  name: `${name}-imports-upward`,
  severity: 'error',
  from: { path: src(from) },
  to: { path: src(to) },
}))

const ROWS = [THOUGHT, HANDS, DOORS]
const sideways = ROWS.flat()
  .map((folder) => ({
    name: `${folder}-imports-sideways`,
    severity: 'error',
    from: { path: src([folder]) },
    to: {
      path: src(ROWS.flatMap((row) => (row.includes(folder) ? row.filter((other) => other !== folder) : []))),
    },
  }))
  .filter((rule) => rule.to.path !== '^src/()/')

module.exports = {
  forbidden: [
    ...upward,
    ...sideways,
    {
      name: 'ring',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'kernels-import-platform',
      severity: 'error',
      from: { path: '^kernels/' },
      to: { path: '^(src|tests|bench)/' },
    },
    {
      name: 'kernels-have-no-dependency',
      severity: 'error',
      from: { path: '^kernels/src/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'thought-touches-no-disk-or-network',
      severity: 'error',
      from: { path: '^src/(terms|matching|contract|people|cases)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'ledger-needs-digests-alone',
      severity: 'error',
      from: { path: '^src/ledger/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'openings-are-minted-where-they-are-written-down',
      severity: 'error',
      from: { pathNot: '^src/(store/openings|ground/opening/opening)\\.ts$' },
      to: { path: '^src/ground/opening/mint\\.ts$' },
    },
    {
      name: 'console-sees-terms-and-contract-alone',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(src|kernels|tests|bench)/', pathNot: '^src/(terms|contract)/' },
    },
    {
      name: 'product-imports-console',
      severity: 'error',
      from: { path: '^(src|kernels)/' },
      to: { path: '^console/' },
    },
    {
      name: 'product-imports-tests',
      severity: 'error',
      from: { path: '^(src|kernels/src)/' },
      to: { path: '^(tests|bench|kernels/(tests|bench))/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.wasm\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
  },
}
