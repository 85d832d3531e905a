import { Controller, Delete, Get, HttpCode, Param, Put, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import {
  ApiFile,
  ApiFileBody,
  ApiZodQuery,
  ApiZodResponse,
  Audited,
  Needs,
  OF_TENANT,
  TakesFile,
  Tenant,
  fileIn,
  zodParam,
  zodQuery,
  type AuditedRequest,
  type Auditing,
} from '@voltbus/http';
import type { z } from 'zod';
import { FirmwareFiles } from '../firmware-files';
import { TypeormFirmwareImages } from '../store/typeorm-firmware-images';
import { imageNameSchema, imageSchema, imageView, putFileQuery } from './firmware-image';

type ShownImage = z.output<typeof imageSchema>;
const NAME = zodParam('image', imageNameSchema);
const AUDITED: Auditing<FirmwareFilesController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['image'] ?? ''),
};

/** The files of firmware images that are kept here. */
@Controller('v1/firmware-images/:image/file')
export class FirmwareFilesController {
  constructor(
    private readonly files: FirmwareFiles,
    private readonly images: TypeormFirmwareImages,
  ) {}

  /** The image must be there, without a URL. The file takes the place of the one before once it is whole; updates that were asked for before keep theirs. */
  @Put()
  @Audited(AUDITED)
  @Needs('firmware-images:write', OF_TENANT)
  @TakesFile()
  @ApiOperation({ operationId: 'uploadFirmwareImage', summary: 'Upload the file of a firmware image' })
  @ApiFileBody('The file, as stations shall get it')
  @ApiZodQuery(putFileQuery)
  @ApiZodResponse(200, imageSchema)
  async put(
    @Tenant() tenant: string,
    @Param('image', NAME) image: string,
    @Query(zodQuery(putFileQuery)) { name, sha256 }: z.output<typeof putFileQuery>,
    @Req() request: AuditedRequest,
  ): Promise<ShownImage> {
    return imageView(await this.files.receive(tenant, image, { ...fileIn(request), name: name ?? null, sha256: sha256 ?? null }));
  }

  @Get()
  @Needs('firmware:read', OF_TENANT)
  @ApiOperation({ operationId: 'downloadFirmwareImage', summary: 'Download the file of a firmware image' })
  @ApiFile('The file')
  async download(@Tenant() tenant: string, @Param('image', NAME) image: string): Promise<StreamableFile> {
    const { file, content } = await this.files.read(tenant, image);
    return new StreamableFile(content, {
      type: 'application/octet-stream',
      disposition: `attachment; filename="${file.name}"`,
      length: file.sizeBytes,
    });
  }

  @Delete()
  @Audited(AUDITED)
  @Needs('firmware-images:write', OF_TENANT)
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeFirmwareFile', summary: 'Remove the file of a firmware image' })
  async remove(@Tenant() tenant: string, @Param('image', NAME) image: string): Promise<void> {
    await this.files.remove(tenant, image);
  }

  /** What is recorded of it in the audit log. Throws `not-found`. */
  async show(tenant: string, image: string): Promise<ShownImage | null> {
    const known = await this.images.find(tenant, image);
    return known === null ? null : imageView(known);
  }
}
