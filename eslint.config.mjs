import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Technology shows in the folder or file name and stays there: package -> files that may import it. */
const TECHNOLOGIES = {
  kafkajs: ['libs/platform/bus/src/kafka/**/*.ts', '**/kafka-*.ts'],
  'kafkajs-snappy': ['libs/platform/bus/src/kafka/**/*.ts', '**/kafka-*.ts'],
  ioredis: ['**/redis/**/*.ts', '**/redis-*.ts'],
  uwebsockets: ['**/uws-*.ts'],
  ws: ['**/ws-*.ts'],
  pkijs: ['**/pkijs-*.ts', 'libs/testing/**'],
  asn1js: ['**/pkijs-*.ts', 'libs/testing/**'],
  '@aws-sdk/client-s3': ['**/s3-*.ts'],
  '@aws-sdk/lib-storage': ['**/s3-*.ts'],
  testcontainers: ['**/docker-*.ts'],
  typeorm: ['**/typeorm-*.ts', '**/*.entity.ts', '**/migrations/**'],
};
/** Packages of one kind, which may stand in one file. */
const KIN = [
  ['kafkajs', 'kafkajs-snappy'],
  ['pkijs', 'asn1js'],
  ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
];
const areKin = (one, other) => KIN.some((kin) => kin.includes(one) && kin.includes(other));
const ALL_TECHNOLOGIES = Object.keys(TECHNOLOGIES);
const NEST_FILES = [
  '**/*.module.ts',
  '**/*.controller.ts',
  'libs/platform/runtime/**',
  'libs/platform/http/**',
  'libs/platform/service/**',
];

/** Test-only code: it may be imported by these files and by no other, and none of it is built. */
const TESTING = ['**/*.spec.ts', '**/e2e/**/*.ts', '**/testing/**/*.ts', 'libs/testing/**/*.ts'];

const banned = (names) => ({
  'no-restricted-imports': [
    'error',
    {
      paths: names
        .filter((name) => !name.includes('*'))
        .map((name) => ({ name, message: `${name} stays in the files that bear its name` })),
      patterns: names
        .filter((name) => name.includes('*'))
        .map((name) => ({
          group: [name],
          message: `${name} stays in modules, controllers, platform/runtime, platform/http and platform/service`,
        })),
    },
  ],
});

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/generated/**',
      '**/node_modules/**',
      '.nx/**',
      '.cache/**',
      'tools/clients/flows/**',
      '.voltbus/**',
      '**/*.cjs',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/await-thenable': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          // Only through specs: those of database use testing, whose servers come from infra, whose Postgres is the embedded one of database.
          ignoredCircularDependencies: [
            ['@voltbus/infra', '@voltbus/database'],
            ['@voltbus/database', '@voltbus/testing'],
            ['@voltbus/bus', '@voltbus/testing'],
            ['@voltbus/stack', '@voltbus/testing'],
          ],
          depConstraints: [
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: [
                'type:service',
                'type:platform',
                'type:contract',
                'type:protocol',
                'type:testing',
                'type:app',
                'type:tool',
              ],
            },
            { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:platform', 'type:contract', 'type:protocol', 'type:testing'] },
            { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:platform', 'type:contract', 'type:protocol', 'type:testing'] },
            { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract', 'type:protocol'] },
            { sourceTag: 'type:protocol', onlyDependOnLibsWithTags: ['type:contract', 'type:protocol'] },
            {
              sourceTag: 'type:testing',
              onlyDependOnLibsWithTags: ['type:platform', 'type:contract', 'type:protocol', 'type:tool', 'type:service'],
            },
            {
              sourceTag: 'type:tool',
              onlyDependOnLibsWithTags: [
                'type:platform',
                'type:contract',
                'type:protocol',
                'type:tool',
                'type:testing',
                'type:service',
                'type:app',
              ],
            },
          ],
        },
      ],
      ...banned([...ALL_TECHNOLOGIES, '@nestjs/*']),
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'only platform/runtime reads the environment' }],
    },
  },
  ...Object.entries(TECHNOLOGIES).map(([name, files]) => ({
    files,
    rules: banned([...ALL_TECHNOLOGIES.filter((other) => other !== name && !areKin(name, other)), '@nestjs/*']),
  })),
  { files: NEST_FILES, rules: banned(ALL_TECHNOLOGIES) },
  { files: ['libs/platform/runtime/**', 'libs/testing/**', 'tools/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['**/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@nestjs/*', 'typeorm', 'kafkajs', 'ioredis', 'ws', 'uwebsockets', '@voltbus/ocpp', '**/store/**'],
              message: 'domain is plain data and functions',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'no clock in domain/' },
        { object: 'Math', property: 'random', message: 'no random in domain/' },
        { object: 'process', property: 'env' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'AwaitExpression', message: 'no await in domain/' },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'no clock in domain/' },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: TESTING,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@voltbus/testing', '@voltbus/testing/**', '**/testing', '**/testing/**'],
              message: 'only specs, e2e/ and testing/ import test-only code: it is not built',
            },
          ],
        },
      ],
    },
  },
  // other teams' programs
  { files: ['docs/how-to/examples/**/*.ts'], rules: { 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' } },
  { files: ['**/*.spec.ts', '**/e2e/**', '**/testing/**', 'tools/**'], rules: { 'no-restricted-imports': 'off', 'no-console': 'off' } },
);
