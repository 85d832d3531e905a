import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@voltbus/telemetry';
import { problemOf, sendProblem } from './problem';
import { pathOf } from '../requests/path-of';

/** Answers every error of a request as a problem. A defect is logged here, once, and shown without details. */
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { method, url, id: requestId } = http.getRequest<FastifyRequest>();
    const problem = problemOf(error);
    if (problem.status >= 500)
      this.logger[problem.code === 'internal' ? 'error' : 'warn']({ err: error, method, path: pathOf(url), requestId }, problem.title);
    sendProblem(http.getResponse<FastifyReply>(), problem);
  }
}
