// An intrusive doubly linked list: an element knows its neighbours, so it leaves in O(1) without a search or an allocation.
#pragma once

namespace holon::fiber {

template <class T>
class List;

/// What an element of List<T> derives from. Leaves its list when destroyed.
template <class T>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { unlink(); }

  bool linked() const { return next_ != nullptr; }
  void unlink() {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 private:
  friend class List<T>;
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

template <class T>
class List {
 public:
  List() { head_.next_ = head_.previous_ = &head_; }
  ~List() {
    while (!empty()) pop_front();
    head_.next_ = head_.previous_ = nullptr;
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  bool empty() const { return head_.next_ == &head_; }
  void push_back(T& element) {
    ListNode<T>& node = element;
    node.previous_ = head_.previous_;
    node.next_ = &head_;
    head_.previous_->next_ = &node;
    head_.previous_ = &node;
  }
  T& front() { return static_cast<T&>(*head_.next_); }
  T& back() { return static_cast<T&>(*head_.previous_); }
  T& pop_front() { return pop(front()); }
  T& pop_back() { return pop(back()); }
  /// Calls `visit` on each; it may unlink the element it is given, and no other.
  template <class F>
  void each(F visit) {
    for (ListNode<T>* node = head_.next_; node != &head_;) {
      ListNode<T>* next = node->next_;
      visit(static_cast<T&>(*node));
      node = next;
    }
  }

 private:
  T& pop(T& element) {
    static_cast<ListNode<T>&>(element).unlink();
    return element;
  }

  ListNode<T> head_;
};

}  // namespace holon::fiber
