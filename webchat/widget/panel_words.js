// The words of the panel. What the bot says comes from the gateway.

export const PANEL_WORDS = {
  zh: {
    other: "English",
    menu: "更多", transcript: "对话记录", anew: "重新开始", end: "结束对话", end_sure: "结束后，这段对话不再显示，客服也不会再看到新的消息。", stay: "继续对话",
    history: "对话内容", messages: "消息", greeting: "您好，我是智能客服，可以帮您查话费、充值、办流量包、查订单。请直接说。",
    your_message: "您的消息", placeholder: "输入消息", send: "发送", attach: "添加文件", speak: "语音消息",
    customer: "您说：", bot: "客服：", person: "人工客服：", by_person: "人工", working: "正在回复…", writing: "{name}正在输入…", agent: "客服",
    pending: "发送中", delivered: "已送达", read: "已读", failed: "没有发出去", retry: "重发", discard: "删除",
    offline: "网络断开了，恢复后会自动发送。", unreachable: "暂时连不上，正在重新连接…", expired: "之前的对话已经结束，现在是新的对话。",
    anew_done: "已开始新的对话。", ended: "对话已结束。", no_part: "这个功能暂时打不开，请稍后再试。",
    queued: "正在为您转接人工…", queued_at: "正在排队，前面还有 {ahead} 位，预计等待 {minutes} 分钟", queued_place: "正在排队，前面还有 {ahead} 位",
    queued_next: "下一位就是您，马上接通", served: "{name}正在为您服务", served_by: "人工客服正在为您服务", joined: "{name}已接入，为您服务", left: "{name}已离开对话",
    rated: "您已评价：{score} 分，谢谢", picture: "图片", options: "可选项", today: "今天", yesterday: "昨天", file: "文件", opens: "（在新窗口打开）",
  },
  en: {
    other: "中文",
    menu: "More", transcript: "Transcript", anew: "Start over", end: "End conversation", end_sure: "This conversation will no longer be shown, and no new messages will reach us.", stay: "Keep chatting",
    history: "Conversation", messages: "Messages", greeting: "Hello! I can check your balance, top up, add data packs and track orders. Just tell me.",
    your_message: "Your message", placeholder: "Type a message", send: "Send", attach: "Add a file", speak: "Voice message",
    customer: "You: ", bot: "Assistant: ", person: "Agent: ", by_person: "agent", working: "Replying…", writing: "{name} is typing…", agent: "The agent",
    pending: "Sending", delivered: "Delivered", read: "Read", failed: "Not sent", retry: "Send again", discard: "Remove",
    offline: "You are offline. We send it as soon as you are back.", unreachable: "Cannot reach us just now; connecting again…",
    expired: "The earlier conversation has ended. This is a new one.", anew_done: "A new conversation has begun.", ended: "The conversation has ended.",
    no_part: "This cannot be opened now. Please try again shortly.",
    queued: "Connecting you to an agent…", queued_at: "In line: {ahead} before you, about {minutes} min", queued_place: "In line: {ahead} before you",
    queued_next: "You are next", served: "{name} is helping you", served_by: "An agent is helping you", joined: "{name} has joined", left: "{name} has left",
    rated: "You rated this {score} out of 5. Thank you.", picture: "Picture", options: "Options", today: "Today", yesterday: "Yesterday", file: "File", opens: " (opens in a new window)",
  },
};
