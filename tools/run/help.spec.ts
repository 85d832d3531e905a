import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Those that are not built: they print their help before they install, build or start anything. */
describe('--help of a command of the repository itself', () => {
  it.each([
    ['tools/run/test.cjs', ['npm test', 'FILE', '-t']],
    ['tools/run/check.cjs', ['npm run check', 'Types, lint, format, conventions']],
    ['tools/run/lint.cjs', ['npm run lint']],
    ['tools/clients/clients.cjs', ['npm run clients', 'typescript', 'python', 'go', 'java', '(default: all)']],
    ['tools/clients/schemathesis.cjs', ['npm run schemathesis', '--minutes', '(default: 10)', 'Python 3.10']],
    ['tools/run/asyncapi.cjs', ['npm run docs:asyncapi', '--check', '--release', 'docs/reference/asyncapi.json']],
    ['tools/run/client.cjs', ['npm run docs:client', '--check', 'libs/api-client/src/generated']],
    ['tools/run/codegen.cjs', ['npm run codegen', '--check', 'libs/ocpp']],
    ['tools/run/config.cjs', ['npm run docs:config', '--check', 'docs/reference/config.md']],
    ['tools/run/certification.cjs', ['npm run docs:certification', '--check', 'docs/reference/certification.md']],
    ['tools/run/chart.cjs', ['npm run docs:chart', '--check', 'helm/voltbus/README.md']],
    ['tools/run/limits.cjs', ['npm run docs:limits', '--check', 'docs/reference/limits.md']],
    ['tools/run/metrics.cjs', ['npm run docs:metrics', '--check', 'docs/reference/metrics.md']],
    ['tools/run/openapi.cjs', ['npm run docs:openapi', '--check', 'docs/reference/openapi.json']],
    ['tools/run/performance.cjs', ['npm run docs:performance', '--check', 'docs/reference/performance.md']],
    ['tools/run/problems.cjs', ['npm run docs:problems', '--check', 'docs/reference/problems.md']],
  ])('%s names its options, and does nothing', (file, texts) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, '--help'], { cwd: ROOT, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    for (const text of [...texts, '--help']) expect(stdout).toContain(text);
  });
});
