import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Page } from './page';
import type { ResumablePage } from './resumable-page';
import type { CallerRequest } from '../auth/caller';
import { PARTIAL_ITEMS } from './api-list';
import { bindingOf, type CursorSeal } from './cursor-seal';

/** Seals the cursor of every page that is answered, and names the media type of one whose items are not whole. */
export class CursorInterceptor implements NestInterceptor {
  constructor(private readonly seal: CursorSeal) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & CallerRequest>();
    return next.handle().pipe(
      map((body: unknown) => {
        if (!isPage(body)) return body;
        if ('fields' in (request.query as object)) http.getResponse<FastifyReply>().type(PARTIAL_ITEMS);
        return { ...body, ...this.sealed(body, bindingOf(request)) };
      }),
    );
  }

  private sealed({ nextCursor, resumeCursor }: Page<unknown> & Partial<ResumablePage<unknown>>, binding: string): object {
    if (resumeCursor === undefined) return nextCursor === null ? {} : { nextCursor: this.seal.close(nextCursor, binding) };
    const durable = this.seal.closeDurably(resumeCursor, binding);
    return { nextCursor: nextCursor === null ? null : durable, resumeCursor: durable };
  }
}

function isPage(body: unknown): body is Page<unknown> {
  return typeof body === 'object' && body !== null && 'items' in body && 'nextCursor' in body;
}
