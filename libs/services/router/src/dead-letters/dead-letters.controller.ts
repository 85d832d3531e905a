import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import { ApiList, ApiZodResponse, isUuid, Needs, OF_TENANT, Tenant, zodQuery, type ListPage } from '@voltbus/http';
import type { z } from 'zod';
import { deadLetterList } from './dead-letter-list';
import { DeadLetters } from './dead-letters';
import { deadLetterSchema, shown, type ShownDeadLetter } from './shown-dead-letter';
import { TypeormDeadLetters } from './typeorm-dead-letters';

/** Records that could not be handled, with the cause. */
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly store: TypeormDeadLetters,
  ) {}

  @Get()
  @Needs('dead-letters:read', OF_TENANT)
  @ApiList(deadLetterList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(deadLetterList.query)) query: z.output<typeof deadLetterList.query>,
  ): Promise<ListPage<ShownDeadLetter>> {
    return deadLetterList.page(
      query,
      shownAs(this.store.list(tenant), (letters) => letters.map(shown)),
    );
  }

  @Get(':id')
  @Needs('dead-letters:read', OF_TENANT)
  @ApiZodResponse(200, deadLetterSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ShownDeadLetter> {
    const letter = isUuid(id) ? await this.store.find(tenant, id) : null;
    if (letter === null) throw new CsmsError('not-found', 'no such dead letter');
    return shown(letter);
  }

  @Post(':id/replay')
  @Needs('dead-letters:replay', OF_TENANT)
  @ApiOperation({ summary: 'Publish a dead letter again to its original topic' })
  @HttpCode(202)
  @ApiZodResponse(202, deadLetterSchema, 'It was published again to its original topic')
  async replay(@Tenant() tenant: string, @Param('id') id: string): Promise<ShownDeadLetter> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such dead letter');
    return shown(await this.deadLetters.replay(tenant, id));
  }
}
