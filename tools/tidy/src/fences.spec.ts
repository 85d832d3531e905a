import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './sources';

jest.setTimeout(120_000);

/** Each crosses a fence; the last ones are where the fence has its gate. */
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
  {
    file: 'libs/services/cdr/src/planted.ts',
    text: "import { Kafka } from 'kafkajs';\nexport const planted = Kafka;\n",
    rule: 'no-restricted-imports',
  },
  {
    file: 'libs/services/cdr/src/planted.ts',
    text: "import { DataSource } from 'typeorm';\nexport const planted = DataSource;\n",
    rule: 'no-restricted-imports',
  },
  {
    file: 'libs/services/cdr/src/planted.ts',
    text: "import { Module } from '@nestjs/common';\nexport const planted = Module;\n",
    rule: 'no-restricted-imports',
  },
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
  {
    file: 'libs/services/cdr/src/store/typeorm-planted.ts',
    text: "import { DataSource } from 'typeorm';\nexport const planted = DataSource;\n",
    rule: null,
  },
  {
    file: 'libs/services/cdr/src/planted.module.ts',
    text: "import { Module } from '@nestjs/common';\nexport const planted = Module;\n",
    rule: null,
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
