import type { contentTexts as en } from '../en/content.ts';

export const contentTexts: Record<keyof typeof en, string> = {
  'message.edited': '已编辑',
  'message.editedAt': '编辑于 {time}',
  'message.writing': '正在生成',
  'message.showMore': '展开',
  'message.showLess': '收起',

  'person.about': '查看 {name}',

  'quote.open': '跳转到被回复的消息',

  'markdown.done': '已完成',
  'markdown.open': '未完成',
  'markdown.table': '表格',
  'markdown.code': '代码',
  'markdown.codeIn': '{language} 代码',
  'markdown.copyCode': '复制代码',

  'place.openMap': '在地图中打开',
  'place.copy': '复制坐标',

  'forwarded.untitled': '聊天记录',
  'forwarded.count': '{n} 条消息',
  'forwarded.open': '查看全部内容',
  'forwarded.label': '转发',
};
