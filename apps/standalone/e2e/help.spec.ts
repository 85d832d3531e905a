import { runCommand } from '@voltbus/testing';

/** What somebody types who does not know a command yet: all its options, with what they are when nothing is said. */
describe('--help', () => {
  it.each([
    ['start', ['--demo']],
    ['stack', ['--gateways N', '(default: 1)', '--http-port', '--ocpp-port', 'restart NAME', 'stop']],
    ['infra', ['up', 'down', 'status']],
    ['simulator', ['--url', '--stations N', '(default: 10)', '--register', '--password', '--truth', '--tenant', '--key-file']],
    ['verify', ['TRUTH-FILE', '--api', '--key-file', '--tenant', '--kafka', '--wait-seconds']],
    ['soak', ['--shape', '--stations', '--minutes', '--kills', '--kill-targets', '--seed', '(default: 200)']],
    ['bench', ['frames', '--stations', '--messages', '--pairs', '(default: 150)']],
  ])('of npm run %s names everything, and does nothing', async (command, words) => {
    const program = runCommand('npm', ['run', '-s', command, '--', '--help'], {});
    expect(await program.exit).toBe(0);
    for (const word of [...words, '--help']) expect(program.output()).toContain(word);
  });
});
