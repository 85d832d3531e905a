import { hasPython, runCommand } from '@voltbus/testing';

/** Those that are quick to make; `npm run clients` has Go and Java too. */
it('clients that are generated from the description, in TypeScript and Python, charge a session and meet each kind of problem', async () => {
  const clients = runCommand('npm', ['run', '-s', 'clients', '--', 'typescript', 'python'], {});
  const code = await clients.exit;
  expect(clients.output()).toContain('typescript: passed');
  expect(clients.output()).toContain(`python: ${hasPython() ? 'passed' : 'skipped'}`);
  expect(code).toBe(0);
});
