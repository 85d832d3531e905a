import { ok, warning, type Finding } from '../finding';
import { OLDEST } from '../limits';

/** Whether what runs does so on a version of Node that still gets security fixes. */
export function nodeFinding(check: string, what: string, version: string): Finding {
  const message = `${what} runs on Node ${version}`;
  const major = Number.parseInt(version.replace(/^v/, ''), 10);
  if (major < OLDEST.node) return warning(check, message, 'Node 24 is the one to use: this one gets no more security fixes');
  return ok(check, message);
}
