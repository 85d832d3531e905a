import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  OF_STATIONS,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { PasswordRotations } from '../password-rotations';
import { TypeormPasswordRotations } from '../store/typeorm-password-rotations';
import { decisionSchema, rotationList, rotationSchema, rotationView } from './password-rotation';

type RotationView = z.output<typeof rotationSchema>;

/** New passwords for stations. */
@Controller('v1')
export class PasswordRotationsController {
  constructor(
    private readonly rotations: PasswordRotations,
    private readonly store: TypeormPasswordRotations,
  ) {}

  /** The password is made here and nobody is shown it. */
  @Post('stations/:station/password-rotation')
  @HttpCode(202)
  @Needs('stations:write', OF_STATION)
  @Audited({})
  @ApiOperation({ operationId: 'rotateStationPassword', summary: 'Give a station a new password, or try one again that is unconfirmed' })
  @ApiZodResponse(202, rotationSchema, 'It is sent as soon as the station is connected')
  async rotate(@Tenant() tenant: string, @StationParam() station: string, @Actor() actor: string): Promise<RotationView> {
    return rotationView({ station, ...(await this.rotations.start({ tenant, station }, { actor })) });
  }

  @Get('stations/:station/password-rotation')
  @Needs('stations:read', OF_STATION)
  @ApiOperation({ operationId: 'getStationPasswordRotation', summary: 'How far the latest password rotation of a station is' })
  @ApiZodResponse(200, rotationSchema)
  async one(@Tenant() tenant: string, @StationParam() station: string): Promise<RotationView> {
    const rotation = await this.rotations.find({ tenant, station });
    if (rotation === null) throw new CsmsError('not-found', 'the password of that station was never rotated');
    return rotationView({ station, ...rotation });
  }

  @Post('stations/:station/password-rotation/end')
  @HttpCode(200)
  @Needs('stations:write', OF_STATION)
  @Audited({})
  @ApiOperation({ operationId: 'endStationPasswordRotation', summary: 'Decide which of its two passwords a station may use' })
  @ApiZodBody(decisionSchema)
  @ApiZodResponse(200, rotationSchema, 'The other password is not accepted any more')
  async end(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(decisionSchema)) { keep }: z.output<typeof decisionSchema>,
  ): Promise<RotationView> {
    return rotationView({ station, ...(await this.rotations.decide({ tenant, station }, keep)) });
  }

  @Get('password-rotations')
  @Needs('stations:read', OF_STATIONS)
  @ApiList(rotationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(rotationList.query)) query: z.output<typeof rotationList.query>,
  ): Promise<ListPage<RotationView>> {
    return rotationList.page(
      query,
      shownAs(this.store.list(tenant), (rows) => rows.map(rotationView)),
    );
  }
}
