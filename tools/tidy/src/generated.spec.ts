import { execFileSync } from 'node:child_process';
import { ROOT } from './sources';

/** What is generated and committed: `npm run <command>` writes it, `-- --check` says whether it is fresh. */
describe('what is generated', () => {
  it.each([
    'codegen',
    'docs:config',
    'docs:openapi',
    'docs:client',
    'docs:asyncapi',
    'docs:metrics',
    'docs:limits',
    'docs:performance',
    'docs:certification',
  ])('by `npm run %s` is fresh', (command) => {
    expect(() => execFileSync('npm', ['run', '-s', command, '--', '--check'], { cwd: ROOT, stdio: 'pipe' })).not.toThrow();
  });
});
