import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Page } from './page';
import type { ResumablePage } from './resumable-page';
import type { CallerRequest } from '../auth/caller';
import { bindingOf, type CursorSeal } from './cursor-seal';

/** Seals the cursor of every page that is answered. */
export class CursorInterceptor implements NestInterceptor {
  constructor(private readonly seal: CursorSeal) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const binding = bindingOf(context.switchToHttp().getRequest<FastifyRequest & CallerRequest>());
    return next.handle().pipe(map((body) => (isPage(body) ? { ...body, ...this.sealed(body, binding) } : body)));
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
