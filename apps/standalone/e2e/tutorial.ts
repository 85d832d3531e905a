import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProgram, runCommand, type Standalone } from '@voltbus/testing';

const ROOT = join(__dirname, '../../..');
const PAGE = join(ROOT, 'docs/tutorial/first-charge.md');

/** The code blocks of the tutorial in a language, in their order. */
function blocksOf(language: string): string[] {
  const page = readFileSync(PAGE, 'utf8');
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, code]) => code ?? '');
}

/** The tutorial's commands and programs work on a system as they are printed, but for its ports and folder. It changes the default tenant. */
export function proveTutorial(standalone: () => Standalone): void {
  describe('the tutorial, line by line', () => {
    let folder: string;
    beforeAll(() => {
      mkdirSync(join(ROOT, '.cache'), { recursive: true });
      folder = mkdtempSync(join(ROOT, '.cache/tutorial-')); // below the packages that its programs import
      writeFileSync(join(folder, 'admin-key'), standalone().adminKey);
      for (const [name, code] of [['charge.cjs', blocksOf('js')[0]] as const, ['bill.cjs', blocksOf('js')[1]] as const])
        writeFileSync(join(folder, name), here(code ?? ''));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const here = (code: string): string =>
      code
        .replaceAll('ws://127.0.0.1:9000/ocpp', standalone().ocppUrl)
        .replaceAll('http://127.0.0.1:8080', standalone().apiUrl)
        .replaceAll('.voltbus/', `${folder}/`);
    const shell = (command: string) => runCommand('sh', ['-ec', here(command)], {});
    const started = (command: string) => {
      const [program = '', ...args] = here(command).trim().split(' ');
      return runCommand(program, args, {});
    };

    it('charges a session, and shows its bill to curl and to the client alike', async () => {
      const [start, variables = '', create = '', charge = '', readCdr = '', reset = '', bill = '', ...more] = blocksOf('sh');
      expect([start?.trim(), more]).toEqual(['npm start', []]);
      const created = shell(`${variables}${create}`);
      expect([await created.exit, created.output()]).toEqual([0, expect.stringContaining('"defaultTariff":"standard"')]);
      const station = started(charge);
      await station.printed('charged 10 kWh');
      const shown = await shownBy(`${variables}${readCdr}`, '5.83');
      expect(JSON.parse(shown)).toMatchObject({ items: [{ energyWh: 10_000, cost: { energy: '4.90', totalInclTax: '5.83' } }] });
      const answered = shell(`${variables}${reset}`);
      expect([await answered.exit, answered.output()]).toEqual([0, expect.stringContaining('"status":"answered"')]);
      const program = shell(bill);
      expect([await program.exit, program.output().trim().split('\n')]).toEqual([0, ['10000 5.83', 'answered']]);
      await endProgram(station, 'SIGTERM');
    });

    /** What a command prints, once it has that in it: a CDR is issued some moments after its session. */
    async function shownBy(command: string, part: string): Promise<string> {
      for (;;) {
        const program = shell(command);
        if ((await program.exit) !== 0) throw new Error(program.output());
        if (program.output().includes(part)) return program.output();
      }
    }
  });
}
