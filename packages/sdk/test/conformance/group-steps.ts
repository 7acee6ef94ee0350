import type { GroupInfoAndSettings } from 'flooim';
import { expect } from 'vitest';
import { get } from '../files.ts';
import { groupAvatarSteps } from './file-steps.ts';
import { conversations, hears, list, members } from './group-sees.ts';
import type { Stage } from './stage.ts';
import { interlude, type Sees, step } from './step.ts';

/** A group begins: alice makes it, bob is invited and need not be asked. */
export async function beginSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol } = stage;
  const request = { name: 'Hikers', description: 'up', avatar: 'https://example.org/g.png', type: 0 };
  const sees = ({ group_id }: GroupInfoAndSettings) => {
    stage.gid = group_id;
    const created: Sees = hears(stage, { type: 'created', by: alice }, 'onGroupCreated');
    return {
      alice: { ...created, onGroupListUpdate: { type: 'created' } as const, ...members(stage), ...conversations },
      'alice bob': hears(stage, { type: 'invite_accepted', by: bob, to: [alice] }, 'onGroupJoined'),
      bob: { ...list, ...conversations },
    };
  };
  await step(stage, alice.phone, 'groupManage.asyncCreate', [{ ...request, user_list: [bob.uid] }], {
    gives: { ...request, owner_id: alice.uid, count: 2, status: 0, member_invite: true, apply_approval: 1 },
    sees,
  });
  await interlude(stage, () => carol.phone.im.userManage.asyncUpdateSettings({ group_confirm: true }));
  await lookingSteps(stage);
}

/** What members and others may look at. */
async function lookingSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const group = { group_id: gid };
  const info = { group_id: gid, name: 'Hikers', owner_id: alice.uid, count: 2, type: 0 };
  await step(stage, carol.phone, 'groupManage.asyncGetGroupInfo', [gid, true], { gives: info });
  await step(stage, alice.laptop, 'groupManage.asyncGetGroupInfo', [gid, false], { gives: info });
  await step(stage, bob.phone, 'groupManage.asyncGetInfo', [group], { gives: { ...info, msg_mute_mode: 0 } });
  await step(stage, bob.phone, 'groupManage.asyncGetSettings', [gid], { gives: { ...info, history_visible: false } });
  await step(stage, alice.laptop, 'groupManage.asyncGetJoinedGroups', [true], { gives: [gid] });
  await step(stage, bob.laptop, 'groupManage.asyncGetJoinedGroups', [false], { gives: [gid] });
  await step(stage, carol.phone, 'groupManage.asyncGetUserJoined', [{}], { gives: [] });
  await step(stage, carol.phone, 'groupManage.asyncGetGroupListDetail', [[gid, 999_999]], {
    gives: [{ group_id: gid, owner: alice.uid, name: 'Hikers', count: 2 }],
  });
  await step(stage, bob.phone, 'groupManage.openGroup', [gid], {
    sees: { 'bob.phone': { ...list, ...members(stage) } },
  });
  await step(stage, bob.laptop, 'groupManage.getAllGroupDetail', [], { gives: { [gid]: { group_id: gid } } });
  const all = [{ user_id: alice.uid }, { user_id: bob.uid }];
  await step(stage, bob.phone, 'groupManage.getGroupMembers', [gid], { gives: all });
  await step(stage, alice.laptop, 'groupManage.asyncGetGroupMembers', [gid], { gives: all });
  await step(stage, alice.phone, 'groupManage.asyncGetMemberList', [group], { gives: all });
  await step(stage, carol.phone, 'groupManage.asyncGetMemberList', [group], { refused: 20011 });
}

/** What the group is like: its texts, its settings, its announcements and files. */
export async function settingSteps(stage: Stage): Promise<void> {
  const { alice, gid } = stage;
  const group = { group_id: gid };
  /** All members hear which field it is. */
  const told = (property: string, value: unknown): Record<string, Sees> => {
    const content = JSON.stringify({ property, [property]: value });
    return { 'alice bob': { ...hears(stage, { type: 'info_updated', by: alice, content }), ...list } };
  };
  const changed = (property: string, value: unknown) => ({ gives: true, sees: told(property, value) });
  const by = alice.phone;
  await step(stage, by, 'groupManage.asyncUpdateName', [{ ...group, value: 'Climbers' }], changed('name', 'Climbers'));
  await step(
    stage,
    by,
    'groupManage.asyncUpdateDescription',
    [{ ...group, value: 'higher' }],
    changed('description', 'higher'),
  );
  const url = 'https://example.org/h.png';
  await step(stage, by, 'groupManage.asyncUpdateAvatar', [{ ...group, value: url }], changed('avatar', url));
  await step(stage, by, 'groupManage.asyncUpdateExt', [{ ...group, value: '{"a":1}' }], changed('ext', '{"a":1}'));
  const on = { ...group, value: true };
  await step(stage, by, 'groupManage.asyncUpdateEnableReadack', [on], changed('read_ack', true));
  await step(stage, by, 'groupManage.asyncUpdateHistoryVisible', [on], changed('history_visible', true));
  await step(stage, by, 'groupManage.asyncUpdateAllowMemberModify', [on], changed('member_modify', true));
  const off = { ...group, value: false };
  await step(stage, by, 'groupManage.asyncUpdateAllowMemberInvitation', [off], changed('member_invite', false));
  const approval = { ...group, apply_approval: 0 };
  await step(stage, by, 'groupManage.asyncUpdateRequireadminapproval', [approval], changed('apply_approval', 0));
  await step(stage, by, 'groupManage.asyncUpdateRequireadminapproval', [approval], { gives: true });
  const back = { ...group, apply_approval: 1 };
  await step(stage, by, 'groupManage.asyncUpdateRequireadminapproval', [back], changed('apply_approval', 1));
  await step(stage, stage.bob.laptop, 'groupManage.asyncGetGroupInfo', [gid, false], {
    gives: { name: 'Climbers', description: 'higher', read_ack: true, member_invite: false, apply_approval: 1 },
  });
  await cardSteps(stage);
  await announcementSteps(stage);
  await fileSteps(stage);
  await groupAvatarSteps(stage);
  await muteSteps(stage);
}

async function cardSteps(stage: Stage): Promise<void> {
  const { alice, bob, gid } = stage;
  const content = '{"property":"display_name","display_name":"Bobby"}';
  await step(stage, bob.phone, 'groupManage.asyncUpdateDisplayName', [{ group_id: gid, value: 'Bobby' }], {
    gives: true,
    sees: { 'alice bob': { ...hears(stage, { type: 'info_updated', by: bob, content }), ...members(stage) } },
  });
  const both = { group_id: gid, user_list: [alice.uid, bob.uid] };
  await step(stage, alice.phone, 'groupManage.asyncGetMemberDisplayName', [both], {
    gives: [{ user_id: alice.uid }, { user_id: bob.uid, display_name: 'Bobby' }],
  });
  await step(stage, alice.laptop, 'groupManage.getGroupMembers', [gid], {
    gives: [{ user_id: alice.uid }, { user_id: bob.uid, display_name: 'Bobby' }],
  });
}

async function announcementSteps(stage: Stage): Promise<void> {
  const { alice, bob, gid } = stage;
  const told = (by: typeof alice): Record<string, Sees> => ({
    'alice bob': { ...hears(stage, { type: 'announcement_updated', by }), ...list },
  });
  const text = { title: 'Saturday', content: 'at eight' };
  const { id } = await step(stage, alice.phone, 'groupManage.asyncAnnouncementEdit', [{ group_id: gid, ...text }], {
    gives: { ...text, group_id: gid, author: alice.uid },
    sees: told(alice),
  });
  await step(stage, bob.phone, 'groupManage.asyncAnnouncementEdit', [{ group_id: gid, title: 'Also', content: 'x' }], {
    sees: told(bob),
  });
  await step(stage, bob.phone, 'groupManage.asyncGetAnnouncementList', [{ group_id: gid }], {
    gives: [{ id }, { title: 'Also', author: bob.uid }],
  });
  const one = { group_id: gid, announcement_id: id };
  await step(stage, bob.laptop, 'groupManage.asyncGetAnouncementById', [one], { gives: { id, ...text } });
  await step(stage, bob.phone, 'groupManage.asyncAnouncementDelete', [one], { refused: 20012 });
  await step(stage, alice.laptop, 'groupManage.asyncAnouncementDelete', [one], { gives: true, sees: told(alice) });
  await step(stage, bob.laptop, 'groupManage.asyncGetAnouncementById', [one], { refused: 20020 });
}

async function fileSteps(stage: Stage): Promise<void> {
  const { alice, bob, gid } = stage;
  const map = {
    file: new File(['%PDF-1.7 a map'], 'map.pdf'),
    toType: 'chat',
    fileType: 'shareFile',
    to_id: gid,
  } as const;
  const { url } = await step(stage, bob.phone, 'sysManage.asyncFileUpload', [map]);
  const file = { group_id: gid, name: 'map.pdf', size: 14, type: 'pdf', url };
  const [shared] = await step(stage, bob.phone, 'groupManage.asyncFileUpload', [file], {
    gives: [{ ...file, uploader: bob.uid }],
    sees: { 'alice bob': hears(stage, { type: 'file_uploaded', by: bob }) },
  });
  const file_id = shared?.file_id ?? 0;
  await step(stage, alice.phone, 'groupManage.asyncGetFileList', [{ group_id: gid }], {
    gives: [{ file_id, ...file }],
  });
  expect.soft((await get(alice.phone.im.sysManage.getFileUrl({ url }))).bytes.length).toBe(14);
  await step(stage, alice.phone, 'groupManage.asyncFileDelete', [{ group_id: gid, file_list: [file_id, 999_999] }], {
    gives: [
      { file_id, result: 'success' },
      { file_id: 999_999, result: 'fail' },
    ],
    sees: { 'alice bob': hears(stage, { type: 'file_deleted', by: alice }) },
  });
}

/** What one member wants of the group is known to his devices alone. */
async function muteSteps(stage: Stage): Promise<void> {
  const { bob, gid } = stage;
  const mode = (msg_mute_mode: number) =>
    [{ group_id: gid, msg_mute_mode }] as [{ group_id: number; msg_mute_mode: number }];
  const told = (type: 'muted' | 'unmuted'): Record<string, Sees> => ({
    bob: {
      ...list,
      ...conversations,
      onGroupNotice: [
        { type, from: String(bob.uid) },
        { type: 'message_setting', from: String(bob.uid) },
      ],
    },
  });
  await step(stage, bob.phone, 'groupManage.asyncGroupMsgMutemode', mode(1), { gives: true, sees: told('muted') });
  await step(stage, bob.laptop, 'groupManage.asyncGetInfo', [{ group_id: gid }], { gives: { msg_mute_mode: 1 } });
  await step(stage, bob.laptop, 'groupManage.asyncGroupMsgMutemode', mode(0), { gives: true, sees: told('unmuted') });
}
