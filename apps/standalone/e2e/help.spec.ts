import { runCommand } from '@voltbus/testing';

/** The help of each command: all its options, with their defaults. */
describe('--help', () => {
  it.each([
    ['start', ['--demo']],
    ['stack', ['--gateways N', '(default: 1)', '--http-port', '--ocpp-port', 'restart NAME', 'stop']],
    ['infra', ['up', 'down', 'status']],
    ['simulator', ['--url', '--stations N', '(default: 10)', '--register', '--password', '--truth', '--tenant', '--key-file']],
    ['verify', ['TRUTH-FILE', '--api', '--key-file', '--tenant', '--kafka', '--wait-seconds']],
    ['soak', ['--shape', '--stations', '--minutes', '--kills', '--kill-targets', '--seed', '(default: 200)']],
    ['chaos', ['--minutes N', '--only NAME,...', 'kafka-away', 'take-overs', '(default: 10)']],
    ['fuzz', ['--minutes N', '--seed N', '(default: 5)']],
    ['doctor', ['--json', '--bundle FILE', '--logs FOLDER', '--processes URL,...']],
    ['restore-drill', ['--stations', '--minutes', '--no-rewind', '(default: 30)']],
    ['docs:examples', ['npm run docs:examples', 'examples.json']],
    ['docs:run', ['npm run docs:run', 'page']],
    ['bench', ['frames', '--stations', '--messages', '--pairs', '(default: 150)']],
  ])('of npm run %s names everything, and does nothing', async (command, texts) => {
    const program = runCommand('npm', ['run', '-s', command, '--', '--help'], {});
    expect(await program.exit).toBe(0);
    for (const word of [...texts, '--help']) expect(program.output()).toContain(word);
  });
});
