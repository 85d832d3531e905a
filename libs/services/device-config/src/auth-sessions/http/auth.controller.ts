import { Controller, Get, HttpCode, Inject, Ip, Post, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import {
  ApiZodResponse,
  Needs,
  OF_STREAM,
  OF_TENANT,
  RequestCaller,
  SESSIONS,
  Sessions,
  Tenant,
  viewOfSession,
  type Caller,
} from '@voltbus/http';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { currentSession, currentSessionSchema, sessionSchema } from './session';

/** The session of whoever asks. People begin theirs at `/v1/auth/login`, which is for browsers alone. */
@Controller('v1/auth')
export class AuthController {
  constructor(@Inject(SESSIONS) private readonly sessions: Sessions) {}

  @Get('session')
  @Needs('auth-session:use', OF_STREAM)
  @ApiOperation({ operationId: 'getCurrentSession', summary: 'Say who asks, and what they may do' })
  @ApiZodResponse(200, currentSessionSchema)
  current(@RequestCaller() caller: Caller): z.output<typeof currentSessionSchema> {
    return currentSession(caller);
  }

  @Post('session')
  @Needs('administrator-session:begin', OF_TENANT)
  @ApiOperation({
    operationId: 'beginAdministratorSession',
    summary: 'Begin a session of the administrator, in standalone',
    description:
      "The request comes with the administrator's key, and the answer sets the cookie of a session, which ends with that key. For a browser of a standalone that has no identity " +
      'provider; elsewhere it is 403. A repeat with the same `Idempotency-Key` sets the cookie of the same session.',
  })
  @ApiZodResponse(201, sessionSchema, 'Its cookie is set')
  async begin(
    @Tenant() tenant: string,
    @RequestCaller() { session: present }: Caller,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof sessionSchema>> {
    if (present !== undefined) throw new CsmsError('forbidden', 'a session begins no other: that takes the key');
    const { session, cookie } = await this.sessions.beginOfAdministrator(tenant, address);
    void reply.header('set-cookie', cookie);
    return viewOfSession(session);
  }

  @Post('logout')
  @Needs('auth-session:use', OF_STREAM)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endCurrentSession',
    summary: 'End the session of whoever asks',
    description: 'At once, in every process. The session at the identity provider goes on: signing in again may take no password.',
  })
  async logout(@RequestCaller() { session }: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (session === undefined) throw new CsmsError('conflict', 'the request has no session: it came with a key or an access token');
    await this.sessions.end(session);
    void reply.header('set-cookie', this.sessions.noCookie);
  }
}
