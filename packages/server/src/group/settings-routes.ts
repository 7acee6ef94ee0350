import type { Context } from '../context.ts';
import type { Caller, Handlers } from '../http/caller.ts';
import { inGroup } from './group-access.ts';
import { MuteMode } from './group-state.ts';
import type { PropertyChange } from './settings-service.ts';

type Served =
  | 'groupInfo'
  | 'groupSettings'
  | 'groupInfoBatch'
  | 'groupName'
  | 'groupDescription'
  | 'groupAvatar'
  | 'groupExt'
  | 'groupDisplayName'
  | 'groupAllowInvitation'
  | 'groupAllowModify'
  | 'groupReadAck'
  | 'groupHistoryVisible'
  | 'groupHideMemberInfo'
  | 'groupApproval'
  | 'groupMuteMode'
  | 'groupPushMode'
  | 'groupNotDisturb';

export function settingsRoutes({ groupSettings }: Pick<Context, 'groupSettings'>): Pick<Handlers, Served> {
  /** Serves the change of one property, whose new value the request names `value`. */
  const change =
    (property: PropertyChange['property']) =>
    async ({ group_id, value }: { group_id: number; value: string | boolean }, caller: Caller) => {
      await groupSettings.change(inGroup(caller, group_id), { property, value });
      return true;
    };
  const info = async ({ group_id }: { group_id: number }, caller: Caller) =>
    groupSettings.info(inGroup(caller, group_id));

  return {
    groupInfo: info,
    groupSettings: info,
    groupInfoBatch: async ({ group_list }, { appId, uid }) => groupSettings.infos({ appId, uid }, group_list),

    groupName: change('name'),
    groupDescription: change('description'),
    groupAvatar: change('avatar'),
    groupExt: change('ext'),
    groupAllowInvitation: change('member_invite'),
    groupAllowModify: change('member_modify'),
    groupReadAck: change('read_ack'),
    groupHistoryVisible: change('history_visible'),
    groupHideMemberInfo: change('hide_member_info'),

    async groupApproval({ group_id, apply_approval }, caller) {
      await groupSettings.change(inGroup(caller, group_id), { property: 'apply_approval', value: apply_approval });
      return true;
    },

    async groupDisplayName({ group_id, value }, caller) {
      await groupSettings.setCard(inGroup(caller, group_id), value);
      return true;
    },

    async groupMuteMode({ group_id, msg_mute_mode }, caller) {
      await groupSettings.setMuteMode(inGroup(caller, group_id), msg_mute_mode);
      return true;
    },

    async groupPushMode({ group_id, msg_push_mode }, caller) {
      await groupSettings.setPushMode(inGroup(caller, group_id), msg_push_mode);
      return true;
    },

    async groupNotDisturb({ group_id, value }, caller) {
      const mode = value ? MuteMode.notifications : MuteMode.none;
      await groupSettings.setMuteMode(inGroup(caller, group_id), mode);
      return true;
    },
  };
}
