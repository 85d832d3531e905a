import { Controller, Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodResponse,
  Audited,
  Needs,
  OF_TENANT,
  SESSIONS,
  Sessions,
  Tenant,
  isUuid,
  viewOfSession,
  zodQuery,
  type AuditTarget,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { TypeormSessions } from '../store/typeorm-sessions';
import { sessionSchema } from './session';
import { sessionList } from './session-list';

type SessionView = z.output<typeof sessionSchema>;

/** As the audit log has them. */
const shown = (controller: SessionsController, { tenant, params }: AuditTarget) => controller.one(tenant, params['id'] ?? '');

/** Sessions in the tenant, for those who may end them. */
@Controller('v1/auth/sessions')
export class SessionsController {
  constructor(
    private readonly store: TypeormSessions,
    @Inject(SESSIONS) private readonly sessions: Sessions,
  ) {}

  @Get()
  @Needs('auth-sessions:read', OF_TENANT)
  @ApiList(sessionList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(sessionList.query)) query: z.output<typeof sessionList.query>,
  ): Promise<ListPage<SessionView>> {
    const now = new Date();
    const listed = this.store.list(tenant, now, this.sessions.unusedSince(now));
    return sessionList.page(
      query,
      shownAs(listed, (sessions) => sessions.map((one) => this.view(one))),
    );
  }

  @Get(':id')
  @Needs('auth-sessions:read', OF_TENANT)
  @ApiOperation({ summary: 'Read a session of a person' })
  @ApiZodResponse(200, sessionSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<SessionView> {
    const session = isUuid(id) ? await this.sessions.findById(id) : null;
    if (session === null || session.tenant !== tenant) throw new CsmsError('not-found', 'no such session');
    return this.view(session);
  }

  @Delete(':id')
  @Needs('auth-sessions:write', OF_TENANT)
  @Audited<SessionsController>({ view: shown })
  @ApiOperation({ summary: 'End a session of a person, in every process at once' })
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('id') id: string): Promise<void> {
    const ended = isUuid(id) && (await this.sessions.end({ tenant, id }));
    if (!ended) throw new CsmsError('not-found', 'no such session');
  }

  private view(session: Omit<Parameters<typeof viewOfSession>[0], 'idleEndsAt'>): SessionView {
    return viewOfSession({ ...session, idleEndsAt: this.sessions.idleEnd(session.lastUsedAt) });
  }
}
