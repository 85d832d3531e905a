import { CsmsError, PROBLEMS, type ProblemCode } from '@voltbus/contracts';
import type { FastifyInstance } from 'fastify';
import type { RouteMarks } from '../requests/route-table';
import { PROBLEM_PATH } from './problem';

const HTML = 'text/html; charset=utf-8';
const config: RouteMarks = { open: true };

/** Serves the page that the `type` of a problem leads to, and one of all problems. They need no key and load nothing. */
export function serveProblemPages(instance: FastifyInstance): void {
  instance.get('/problems', { config }, (_request, reply) => {
    const entries = codes().map((code) => `<li><a href="${PROBLEM_PATH}${code}">${code}</a>: ${PROBLEMS[code].title}</li>`);
    return reply.type(HTML).send(page('Problems', `<ul>${entries.join('')}</ul>`));
  });
  instance.get<{ Params: { code: string } }>(`${PROBLEM_PATH}:code`, { config }, ({ params: { code } }, reply) => {
    if (!isCode(code)) throw new CsmsError('not-found', 'there is no problem of that code');
    return reply.type(HTML).send(page(code, pageOf(code)));
  });
}

function codes(): ProblemCode[] {
  return Object.keys(PROBLEMS) as ProblemCode[]; // its keys are the codes
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

function pageOf(code: ProblemCode): string {
  const { status, title, meaning, remedy } = PROBLEMS[code];
  return [
    `<p><strong>${title}</strong> (HTTP status ${status})</p>`,
    `<h2>Meaning</h2><p>${inline(meaning)}</p>`,
    `<h2>What to do</h2><p>${inline(remedy)}</p>`,
    '<p><a href="/problems">All problems</a>, <a href="/docs">the API</a></p>',
  ].join('');
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;
}

/** The texts of `PROBLEMS` as HTML. */
function inline(markdown: string): string {
  return markdown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}
