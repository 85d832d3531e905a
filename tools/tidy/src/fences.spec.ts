import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './sources';

/** Files that import a technology outside of its own files, each by the technology's name. */
const technology = (
  name: string,
  member: string,
  file = 'libs/services/cdr/src/planted.ts',
  rule: string | null = 'no-restricted-imports',
) => ({
  file,
  text: `import { ${member} } from '${name}';\nexport const planted = ${member};\n`,
  rule,
});
const testOnly = (from: string, file: string, rule: string | null = '@typescript-eslint/no-restricted-imports') => ({
  file,
  text: `import { planted } from '${from}';\nexport const used = planted;\n`,
  rule,
});

/** Each file crosses a fence, or imports what its fence lets it import: then the rule is null. */
const PLANTED = [
  {
    file: 'libs/services/cdr/src/planted.ts',
    text: "import { Gateway } from '@voltbus/service-gateway';\nexport const planted = Gateway;\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    file: 'libs/contracts/src/planted.ts',
    text: "import { MemoryBus } from '@voltbus/bus';\nexport const planted = MemoryBus;\n",
    rule: '@nx/enforce-module-boundaries',
  },
  technology('kafkajs', 'Kafka'),
  technology('kafkajs', 'Kafka', 'libs/platform/bus/src/memory/planted.ts'),
  technology('kafkajs', 'Kafka', 'libs/platform/bus/src/kafka/planted.ts', null),
  technology('kafkajs-snappy', 'compress'),
  technology('ioredis', 'Redis'),
  technology('ioredis', 'Redis', 'libs/platform/connections/src/memory/planted.ts'),
  technology('ioredis', 'Redis', 'libs/platform/connections/src/redis/planted.ts', null),
  technology('uwebsockets', 'App'),
  technology('ws', 'WebSocket'),
  technology('pkijs', 'Certificate'),
  technology('asn1js', 'Integer'),
  technology('@aws-sdk/client-s3', 'S3Client'),
  technology('@aws-sdk/client-s3', 'S3Client', 'libs/services/cdr/src/s3-planted.ts', null),
  technology('@aws-sdk/lib-storage', 'Upload'),
  technology('testcontainers', 'GenericContainer'),
  technology('typeorm', 'DataSource'),
  technology('typeorm', 'DataSource', 'libs/services/cdr/src/store/typeorm-planted.ts', null),
  technology('@nestjs/common', 'Module'),
  technology('@nestjs/common', 'Module', 'libs/services/cdr/src/planted.module.ts', null),
  testOnly('@voltbus/testing', 'libs/services/cdr/src/planted.ts'),
  testOnly('@voltbus/testing', 'tools/soak/src/planted.ts'),
  testOnly('./testing/harness', 'libs/services/cdr/src/planted.ts'),
  testOnly('../testing', 'libs/platform/http/src/lists/planted.ts'),
  testOnly('../testing/harness', 'libs/platform/http/src/lists/planted.spec.ts', null),
  testOnly('./testing/harness', 'libs/services/cdr/e2e/planted.ts', null),
  testOnly('@voltbus/testing', 'libs/services/cdr/src/testing/planted.ts', null),
  { file: 'libs/services/cdr/src/planted.ts', text: 'export const planted = process.env;\n', rule: 'no-restricted-properties' },
  {
    file: 'libs/services/cdr/src/domain/planted.ts',
    text: 'export const planted = (): number => Date.now();\n',
    rule: 'no-restricted-properties',
  },
  {
    file: 'libs/services/cdr/src/domain/planted.ts',
    text: "import { peek } from '@voltbus/ocpp';\nexport const planted = peek;\n",
    rule: 'no-restricted-imports',
  },
];

describe('the fences', () => {
  const found = JSON.parse(
    execFileSync(process.execPath, [join(__dirname, 'lint-planted.cjs'), JSON.stringify(PLANTED)], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false' },
    }),
  ) as string[][];

  it.each(PLANTED.map(({ file, text, rule }, index) => [text.split('\n')[0], file, rule, found[index]] as const))(
    '%s in %s breaks %s',
    (_text, _file, rule, broken) => {
      expect(broken).toEqual(rule === null ? [] : [rule]);
    },
  );
});
